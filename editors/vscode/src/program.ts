/** Finding the program in the search path, as an absolute path: a bare name would also be looked up in the workspace on Windows. */

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

const WORKSPACE = "${workspaceFolder}";

/**
 * The program that a setting names; undefined where it does not exist.
 *
 * @param setting a name, or a path that is absolute or starts with `~` or `${workspaceFolder}`.
 * @param workspace the folder of a trusted workspace. In others a setting of the user must not lead to a program of the workspace.
 */
export function findProgram(setting: string, workspace: string | undefined): string | undefined {
  const path = expand(setting.trim(), workspace);
  if (path === undefined) {
    return undefined;
  }
  if (isAbsolute(path)) {
    return candidates(path).find(isProgram);
  }
  return /^[^/\\]+$/.test(path) ? inSearchPath(path) : undefined;
}

function expand(path: string, workspace: string | undefined): string | undefined {
  if (path.startsWith(WORKSPACE)) {
    return workspace && join(workspace, path.slice(WORKSPACE.length));
  }
  return /^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : path;
}

function inSearchPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.flatMap((folder) => candidates(join(folder, name))).find(isProgram);
}

function candidates(path: string): string[] {
  return process.platform === "win32" && !path.toLowerCase().endsWith(".exe") ? [`${path}.exe`] : [path];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
