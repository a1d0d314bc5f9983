import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { findProgram } from "../src/program";

const NAME = process.platform === "win32" ? "azrelease.exe" : "azrelease";
const PATH = process.env["PATH"];
let top: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "azrelease-"));
});

afterEach(() => {
  process.env["PATH"] = PATH;
  rmSync(top, { recursive: true });
});

function program(...folders: string[]): string {
  const folder = join(top, ...folders);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, NAME);
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
}

test("a name is looked up in the search path", () => {
  const expected = program("bin");
  process.env["PATH"] = [join(top, "absent"), join(top, "bin")].join(delimiter);
  assert.equal(findProgram("azrelease", undefined), expected);
  assert.equal(findProgram("other", undefined), undefined);
});

test("neither folders nor files that do not run are programs", { skip: process.platform === "win32" }, () => {
  mkdirSync(join(top, "bin", "azrelease"), { recursive: true });
  chmodSync(program("share"), 0o644);
  process.env["PATH"] = [join(top, "bin"), join(top, "share")].join(delimiter);
  assert.equal(findProgram("azrelease", undefined), undefined);
});

test("relative folders of the search path are ignored", () => {
  program();
  const before = process.cwd();
  process.env["PATH"] = ["", "."].join(delimiter);
  process.chdir(top);
  try {
    assert.equal(findProgram("azrelease", undefined), undefined);
    assert.equal(findProgram("./azrelease", undefined), undefined);
  } finally {
    process.chdir(before);
  }
});

test("a path is taken as it is", () => {
  const expected = program(".venv", "bin");
  assert.equal(findProgram(expected, undefined), expected);
  assert.equal(findProgram(join(top, "absent"), undefined), undefined);
});

test("only a trusted workspace has programs", () => {
  const expected = program(".venv", "bin");
  assert.equal(findProgram("${workspaceFolder}/.venv/bin/azrelease", top), expected);
  assert.equal(findProgram("${workspaceFolder}/.venv/bin/azrelease", undefined), undefined);
});
