/** Fills the leaves of a tree one behind the other, and puts the inner pages over them. */

import { ITEM_HEAD, overflowLimit, padded, REFERENCE_BYTES } from '../read/layout.ts';
import { type Child, childFrom, firstChild, writeLevels } from './inner-levels.ts';
import { writeChain } from './overflow-chain.ts';
import { PageDraft } from './page-draft.ts';
import type { PageSink } from './page-sink.ts';

/** A leaf that was begun. */
interface Leaf {
  readonly page: number;
  /** Where its keys begin. */
  readonly key: Uint8Array;
  records: number;
}

/** Takes the content of a tree in order; what it is given is read until `finish`. The tree's root is the page `root`. */
export class LeafRun {
  readonly #sink: PageSink;
  readonly #type: number;
  readonly #root: number;
  readonly #limit: number;
  readonly #spare: number;
  readonly #leaves: Leaf[];
  #leaf: Leaf;
  #draft: PageDraft;
  #previous = 0;

  /**
   * @param type `PageType.leaf` or `PageType.duplicateLeaf`
   * @param spare bytes left free on each leaf for what comes between: a full leaf would be divided by the first
   */
  constructor(sink: PageSink, type: number, root: number, spare: number) {
    this.#sink = sink;
    this.#type = type;
    this.#root = root;
    this.#spare = spare;
    this.#limit = overflowLimit(sink.pageSize);
    // A tree that fits one page is its root only.
    this.#draft = new PageDraft(sink, root);
    this.#leaf = { page: root, key: new Uint8Array(), records: 0 };
    this.#leaves = [this.#leaf];
  }

  /** A key with one data item. */
  pair(key: Uint8Array, data: Uint8Array): void {
    const chain = this.#chainOf(data);
    const at = this.#key(key, this.#sizeOf(data) + 4);
    const draft = this.#draft;
    draft.slot(at);
    draft.slot(chain === null ? draft.inline(data) : draft.put(chain));
  }

  /** A key with several data items, which are sorted. */
  set(key: Uint8Array, data: readonly Uint8Array[]): void {
    const chains = data.map((one) => this.#chainOf(one));
    const at = this.#key(
      key,
      data.reduce((sum, one) => sum + this.#sizeOf(one) + 4, 0),
    );
    const draft = this.#draft;
    for (const [index, chain] of chains.entries()) {
      draft.slot(at);
      draft.slot(chain === null ? draft.inline(data[index]!) : draft.put(chain));
    }
  }

  /** A key whose data items are elsewhere. */
  elsewhere(key: Uint8Array, item: Uint8Array): void {
    const at = this.#key(key, REFERENCE_BYTES + 4);
    this.#draft.slot(at);
    this.#draft.slot(this.#draft.put(item));
  }

  /** A data item of a tree of duplicates. */
  duplicate(data: Uint8Array): void {
    const at = this.#key(data, 2);
    this.#draft.slot(at);
    this.#leaf.records++;
  }

  finish(): void {
    if (this.#leaves.length === 1) return this.#draft.close(this.#type, 1, 0, 0);
    this.#draft.close(this.#type, 1, this.#previous, 0);
    const children = this.#leaves.map(
      ({ page, key, records }, index): Child =>
        index === 0 ? firstChild(page, records) : childFrom(this.#sink, key, page, records),
    );
    writeLevels(this.#sink, this.#root, 2, children);
  }

  /** Puts the key where there is room for `more` bytes besides, and says where it is. */
  #key(key: Uint8Array, more: number): number {
    const chain = this.#chainOf(key);
    if (this.#draft.free < this.#sizeOf(key) + more + this.#spare) this.#nextLeaf(key);
    return chain === null ? this.#draft.inline(key) : this.#draft.put(chain);
  }

  #nextLeaf(key: Uint8Array): void {
    const sink = this.#sink;
    if (this.#leaves.length === 1) {
      this.#draft.move(sink, sink.allocate());
      this.#leaves[0] = { ...this.#leaf, page: this.#draft.number };
    }
    const page = sink.allocate();
    this.#draft.close(this.#type, 1, this.#previous, page);
    this.#previous = this.#draft.number;
    this.#draft = new PageDraft(sink, page);
    this.#leaf = { page, key, records: 0 };
    this.#leaves.push(this.#leaf);
  }

  /** What refers to content that is too long for a leaf; null for all other. */
  #chainOf(content: Uint8Array): Uint8Array | null {
    return content.length > this.#limit ? writeChain(this.#sink, content) : null;
  }

  #sizeOf(content: Uint8Array): number {
    return content.length > this.#limit ? REFERENCE_BYTES : padded(ITEM_HEAD + content.length);
  }
}
