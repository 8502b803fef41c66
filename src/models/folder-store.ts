import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { missing, syncFolder, writeSynced } from '../networks/files.ts'
import { oneByOne } from '../networks/one-by-one.ts'
import { NETWORK_ID, type NetworkStore, type StoredNetwork } from '../networks/store.ts'
import { networkFiles, readNetwork } from './network-files.ts'
import { networkOnnx, type OnnxWriter } from './network-onnx.ts'
import { foldersOf, reasonOf, type UnusableModel } from './registry.ts'

/** Folders of what is being written, of what it replaces, and of what is being removed. No id begins with a dot. */
const newFolder = (id: string): string => `.new.${id}`
const oldFolder = (id: string): string => `.old.${id}`
const goneFolder = (id: string): string => `.gone.${id}`

/** Networks in folders. Whatever ends the process, a folder holds a whole network: the new one or the one before. */
export class FolderStore implements NetworkStore {
  readonly #root: string
  readonly #onnx: OnnxWriter
  readonly #networks: Map<string, StoredNetwork>
  readonly #inTurn = oneByOne()

  private constructor(root: string, networks: readonly StoredNetwork[], onnx: OnnxWriter) {
    this.#root = root
    this.#onnx = onnx
    this.#networks = new Map(networks.map((network) => [network.id, network]))
  }

  /** Reads all networks; folders that hold none come with the reason. */
  static async open(
    root: string,
    onnx: OnnxWriter = async (network) => networkOnnx(network),
  ): Promise<{ store: FolderStore; broken: readonly Pick<UnusableModel, 'id' | 'reason'>[] }> {
    await mkdir(root, { recursive: true })
    await tidy(root)
    const networks: StoredNetwork[] = []
    const broken: Pick<UnusableModel, 'id' | 'reason'>[] = []
    for (const id of await foldersOf(root))
      try {
        networks.push(await readNetwork(root, id))
      } catch (error) {
        broken.push({ id, reason: reasonOf(error) })
      }
    return { store: new FolderStore(root, networks, onnx), broken }
  }

  list(): readonly StoredNetwork[] {
    return [...this.#networks.values()]
  }

  get(id: string): StoredNetwork | undefined {
    return this.#networks.get(id)
  }

  check({ id }: Pick<StoredNetwork, 'id'>): void {
    checkId(id)
  }

  async save(network: StoredNetwork): Promise<void> {
    checkId(network.id)
    await this.#inTurn(async () => {
      const { spec, parameters } = network
      await write(this.#root, network, await this.#onnx({ spec, parameters }))
      this.#networks.set(network.id, network)
    })
  }

  async remove(id: string): Promise<boolean> {
    checkId(id)
    return this.#inTurn(async () => {
      const folder = join(this.#root, id)
      if (!(await stat(folder).catch(missing))) return false
      await setAside(this.#root, id, goneFolder(id))
      this.#networks.delete(id)
      await rm(join(this.#root, goneFolder(id)), { recursive: true })
      return true
    })
  }
}

/** Whoever asks has checked it; a path that leads elsewhere must not get here all the same. */
function checkId(id: string): void {
  if (!NETWORK_ID.test(id)) throw new RangeError(`${JSON.stringify(id)} is no id of a network`)
}

/** Everything is on the disk, under another name, before it takes the place of what was there. */
async function write(root: string, network: StoredNetwork, onnx: Uint8Array): Promise<void> {
  const { id } = network
  const folder = join(root, newFolder(id))
  await rm(folder, { recursive: true, force: true })
  try {
    await writeFiles(folder, network, onnx)
  } catch (error) {
    // a full disk is not to stay so
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  const isThere = (await stat(join(root, id)).catch(missing)) !== undefined
  if (isThere) await setAside(root, id, oldFolder(id))
  await rename(folder, join(root, id))
  await syncFolder(root)
  await rm(join(root, oldFolder(id)), { recursive: true, force: true })
}

async function writeFiles(folder: string, network: StoredNetwork, onnx: Uint8Array): Promise<void> {
  await mkdir(folder)
  const folders = new Set([folder])
  for (const { path, bytes } of networkFiles(network, onnx)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    folders.add(dirname(file))
    await writeSynced(file, bytes)
  }
  for (const each of folders) await syncFolder(each)
}

async function setAside(root: string, id: string, name: string): Promise<void> {
  await rm(join(root, name), { recursive: true, force: true })
  await rename(join(root, id), join(root, name))
  await syncFolder(root)
}

/** Puts right what the end of a process interrupted: nothing half-written stays, and what was set aside without a successor comes back. */
async function tidy(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [, kind, id = ''] = /^\.(new|old|gone)\.(.+)$/.exec(name) ?? []
    if (kind === 'new' || kind === 'gone') await rm(join(root, name), { recursive: true })
    if (kind !== 'old') continue
    const successor = await stat(join(root, id)).catch(missing)
    if (successor) await rm(join(root, name), { recursive: true })
    else await rename(join(root, name), join(root, id))
  }
}
