/** What the editor offers to complete, with a sentence on each name of Waxwing's. */

export interface Known {
  readonly label: string;
  readonly detail: string;
  readonly info?: string;
}

const known = (label: string, detail: string, info: string): Known => ({ label, detail, info });

export const MODEL_METHODS: readonly Known[] = [
  known(
    'select',
    '(…columns)',
    'A query for rows. Without arguments: whole rows of this model. Await it, or add where(), join(), orderBy() …',
  ),
  known('get', '(…conditions)', 'The first row that meets the conditions; throws the model’s DoesNotExist when there is none.'),
  known('getOrNone', '(…conditions)', 'As get(), but null when there is none.'),
  known('getById', '(key)', 'The row with this primary key; throws DoesNotExist when there is none.'),
  known('getOrCreate', '(values)', 'The row with these values, made when it is not there: [row, created].'),
  known('create', '(values)', 'Inserts one row and resolves with it.'),
  known('insertMany', '(rows)', 'Inserts many rows at once.'),
  known('insertFrom', '(query, columns)', 'Inserts what a query selects.'),
  known('update', '(values)', 'Changes rows: add where(), then await the number of changed rows.'),
  known('delete', '()', 'Deletes rows: add where(), then await the number of deleted rows.'),
  known('alias', '(name)', 'The same table once more in a query, under another name.'),
  known('raw', '(sql, …params)', 'Rows of this model from SQL of your own.'),
  known('c', '', 'Every column by name, those too whose names the class itself owns.'),
];

export const QUERY_METHODS: readonly Known[] = [
  known('where', '(…conditions)', 'Only rows that meet all the conditions.'),
  known('join', '(model, options?)', 'Brings in a related model. Options: type, on, attr.'),
  known('switch', '(model)', 'The next join starts from this model.'),
  known('groupBy', '(…columns)', 'One row per group; a model stands for all its columns.'),
  known('having', '(…conditions)', 'Only groups that meet the conditions.'),
  known('orderBy', '(…columns)', 'Sorts: column.asc(), column.desc().'),
  known('limit', '(rows)', 'At most so many rows.'),
  known('offset', '(rows)', 'Skips so many rows.'),
  known('paginate', '(page, rows)', 'One page; pages count from 1.'),
  known('distinct', '()', 'Leaves out repeated rows.'),
  known('dicts', '()', 'Plain records instead of model rows.'),
  known('tuples', '()', 'Arrays instead of model rows.'),
  known('scalar', '()', 'The first column of the first row.'),
  known('first', '()', 'The first row, or null.'),
  known('count', '()', 'How many rows the query finds.'),
  known('exists', '()', 'Whether it finds any.'),
  known('sql', '()', 'The SQL and the values bound to it.'),
];

export const EXPRESSION_METHODS: readonly Known[] = [
  known('eq', '(value)', 'Equal; eq(null) is IS NULL.'),
  known('ne', '(value)', 'Not equal.'),
  known('lt', '(value)', 'Less than.'),
  known('lte', '(value)', 'Less than or equal.'),
  known('gt', '(value)', 'Greater than.'),
  known('gte', '(value)', 'Greater than or equal.'),
  known('between', '(low, high)', 'Both ends included.'),
  known('in', '(list or query)', 'One of these.'),
  known('like', '(pattern)', '% stands for anything, _ for one character.'),
  known('contains', '(text)', 'Has this text in it.'),
  known('startsWith', '(text)', 'Begins with this text.'),
  known('isNull', '(yes?)', 'Is null; isNull(false) is not null.'),
  known('and', '(condition)', 'Both.'),
  known('or', '(condition)', 'Either.'),
  known('not', '()', 'The opposite.'),
  known('add', '(value)', 'Sum.'),
  known('sub', '(value)', 'Difference.'),
  known('mul', '(value)', 'Product.'),
  known('div', '(value)', 'Quotient.'),
  known('asc', '()', 'Ascending, in orderBy().'),
  known('desc', '()', 'Descending, in orderBy().'),
  known('as', '(name)', 'The name of this column in the result.'),
  known('year', '', 'Of a date: its year.'),
  known('month', '', 'Of a date: its month, from 1.'),
  known('day', '', 'Of a date: its day of the month.'),
  known('hour', '', 'Of a time: its hour.'),
  known('truncate', '(part)', 'Of a date: the beginning of its year, month or day.'),
  known('path', '(key)', 'Into JSON: the value under this key.'),
];

export const FUNCTIONS: readonly Known[] = [
  known('count', '(column?)', 'How many.'),
  known('sum', '(column)', 'The sum; null of nothing.'),
  known('avg', '(column)', 'The mean.'),
  known('min', '(column)', 'The least.'),
  known('max', '(column)', 'The greatest.'),
  known('lower', '(text)', 'In small letters.'),
  known('upper', '(text)', 'In capitals.'),
  known('coalesce', '(first, …rest)', 'The first that is not null.'),
  known('round', '(number, digits?)', 'Rounded.'),
  known('call', '(name, …arguments)', 'Any other SQL function by name.'),
];

export const GLOBALS: readonly Known[] = [
  known('fn', 'SQL functions', 'fn.count(x), fn.sum(x), fn.anything(x).'),
  known('database', 'SqliteDatabase', 'The database the models use: atomic(), executeSql(), storage …'),
  known('show', '(value, title?)', 'Shows a result. The value of the last expression is shown anyway.'),
  known('SQL', '(text, …values)', 'A piece of SQL as it is, in any expression.'),
  known('Case', '(subject?, …)', 'SQL’s CASE.'),
  known('Cast', '(value, type)', 'SQL’s CAST.'),
  known('Model', 'class', 'Define your own: class Note extends Model.define("note", { … }) {}.'),
];

export const DATABASE_METHODS: readonly Known[] = [
  known('atomic', '(async (tx) => …)', 'Everything in it or nothing. tx(Model) is the model inside the transaction.'),
  known('executeSql', '(sql, params?)', 'Runs SQL of your own.'),
  known('createTables', '(models)', 'Makes the tables of these models, those referred to first.'),
  known('dropTables', '(models)', 'Drops them.'),
  known('getTables', '()', 'The names of the tables.'),
  known('getColumns', '(table)', 'The columns of a table.'),
  known('explain', '(query)', 'The engine’s plan for a query.'),
  known('storage', '', 'Where the data is, and how safe.'),
  known('flush', '()', 'Resolves when everything committed is stored.'),
];
