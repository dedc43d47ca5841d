/** The numbers by which Postgres names the types that are not read as text. */
export const BOOL = 16;
export const BYTEA = 17;
export const INT8 = 20;
export const INT2 = 21;
export const INT4 = 23;
export const OID = 26;
export const FLOAT4 = 700;
export const FLOAT8 = 701;
export const NUMERIC = 1700;
