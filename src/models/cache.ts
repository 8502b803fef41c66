/** Something loaded, with the bytes that it holds now. */
export interface Sized {
  bytes(): number
}

/**
 * Keeps what was loaded, the one unused for longest dropped first while all together hold more than `limit` bytes. The
 * last one stays, however large. Loads of the same key run once.
 */
export class LoadCache<Item extends Sized> {
  readonly #limit: number
  readonly #dropped: (item: Item) => void
  /** in order of last use */
  readonly #items = new Map<string, Item>()
  readonly #loading = new Map<string, Promise<Item>>()

  constructor(limit: number, dropped: (item: Item) => void) {
    this.#limit = limit
    this.#dropped = dropped
  }

  /** The item, if it is there; no use of it. */
  peek(key: string): Item | undefined {
    return this.#items.get(key)
  }

  /** Whether this very item is kept: one that was dropped may have been loaded anew. */
  holds(item: Item): boolean {
    return this.#items.values().some((kept) => kept === item)
  }

  async get(key: string, load: () => Promise<Item>): Promise<Item> {
    const known = this.#items.get(key)
    if (known) {
      this.#items.delete(key)
      this.#items.set(key, known)
      return known
    }
    return this.#loading.get(key) ?? this.#load(key, load)
  }

  /** Forgets an item, so that the next use loads it anew. */
  drop(key: string): void {
    const item = this.#items.get(key)
    if (!item) return
    this.#items.delete(key)
    this.#dropped(item)
  }

  dropWhere(matches: (item: Item) => boolean): void {
    for (const [key, item] of this.#items) if (matches(item)) this.drop(key)
  }

  async #load(key: string, load: () => Promise<Item>): Promise<Item> {
    const loading = load()
    this.#loading.set(key, loading)
    try {
      const item = await loading
      this.#items.set(key, item)
      this.trim()
      return item
    } finally {
      this.#loading.delete(key)
    }
  }

  /** Drops what is too much. Items grow while they are used: to be called after uses too. */
  trim(): void {
    let total = [...this.#items.values()].reduce((sum, item) => sum + item.bytes(), 0)
    for (const [key, item] of this.#items) {
      if (total <= this.#limit || this.#items.size === 1) return
      total -= item.bytes()
      this.drop(key)
    }
  }
}
