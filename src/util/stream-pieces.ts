/** A stream as something to iterate, which not every browser makes of it by itself. */

/** The pieces of the stream as they come; leaving early cancels it. */
export async function* piecesOf<T>(stream: ReadableStream<T>): AsyncGenerator<T, void> {
  const reader = stream.getReader();
  let isOver = false;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    isOver = true;
  } finally {
    if (!isOver) await reader.cancel().catch(() => {});
  }
}
