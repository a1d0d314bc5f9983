import assert from "node:assert/strict";
import { test } from "node:test";

import { withPolicy } from "../src/policy";

const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

for (const before of ["", "<html>", "<!DOCTYPE html>\n<html lang=\"en\">\n<head>", "<head data-a=\"1\">"]) {
  test(`the policy comes first in the head after ${JSON.stringify(before)}`, () => {
    const after = "<title>release</title><script>alert(1)</script>";
    assert.equal(withPolicy(before + after), before + POLICY + after);
  });
}

test("a tag whose name only starts like the head is content", () => {
  assert.equal(withPolicy("<header></header>"), `${POLICY}<header></header>`);
});
