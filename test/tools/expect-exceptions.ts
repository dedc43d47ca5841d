/** Has the tests of `test/engines/exceptions.ts` fail, and fails where one of them does not exist. Set-up of every test file. */
import { afterAll, beforeEach, type RunnerTestCase, type RunnerTestSuite } from 'vitest';
import { exceptionFor, exceptions } from '../engines/exceptions.ts';

type Task = Readonly<RunnerTestCase | RunnerTestSuite>;

/** Where a test stands: the file's name, the backend's, and the rest. */
interface Place {
  readonly file: string;
  readonly backend: string;
  readonly test: string;
}

function placeOf(task: Task): Place | null {
  const [, file] = /test\/engines\/(.*)\.test\.ts$/.exec(task.file.filepath) ?? [];
  const names: string[] = [];
  for (let one: Task | undefined = task; one !== undefined && one !== task.file; one = one.suite) names.unshift(one.name);
  const [backend, ...rest] = names;
  if (file === undefined || backend === undefined || rest.length === 0) return null;
  // `describe.each` quotes what it puts into a name.
  return { file, backend: backend.replace(/^'|'$/g, ''), test: rest.join(' > ') };
}

function* testsIn(task: Task): Generator<Task> {
  if (task.type === 'test') yield task;
  else for (const inner of task.tasks) yield* testsIn(inner);
}

let seen: Task['file'] | undefined;

beforeEach(({ task }) => {
  seen = task.file;
  const place = placeOf(task);
  if (place !== null && exceptionFor(place.file, place.backend, place.test) !== undefined)
    (task as { fails?: boolean }).fails = true;
});

afterAll(() => {
  if (seen === undefined) return;
  const places = [...testsIn(seen)].map(placeOf).filter((place) => place !== null);
  const [first] = places;
  for (const { backends, file, test } of exceptions.filter((one) => one.file === first?.file)) {
    for (const backend of backends) {
      const others = places.filter((place) => place.backend === backend);
      if (others.length > 0 && !others.some((place) => place.test === test))
        throw new RangeError(`test/engines/exceptions.ts lists a test that "${backend}" does not have: ${file} > ${test}`);
    }
  }
});
