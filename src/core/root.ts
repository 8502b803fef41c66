import { findPackageJSON } from 'node:module'
import { dirname } from 'node:path'

/** The folder of the package: what is bundled lies deeper below it than the sources. */
export const root = dirname(packageFile())

function packageFile(): string {
  const file = findPackageJSON(import.meta.url)
  if (file === undefined)
    throw new Error('the service is not in its package any more: there is no package.json')
  return file
}
