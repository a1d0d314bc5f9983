/** What happens when the connection to the server breaks. */

import { CloseAction, ErrorAction, type CloseHandlerResult, type ErrorHandler, type ErrorHandlerResult } from "vscode-languageclient/node";

const MOST = 4;
const SPAN = 180_000;
const ERRORS = 3;

/** Restarts a server that ends, unless it has never run or ends again and again. */
export class Restarts implements ErrorHandler {
  private readonly times: number[] = [];
  private ran = false;

  /** From now on, an end of the server is one of a server that has run. */
  begin(): void {
    this.ran = true;
  }

  error(_error: Error, _message: unknown, count: number | undefined): ErrorHandlerResult {
    return { action: count !== undefined && count <= ERRORS ? ErrorAction.Continue : ErrorAction.Shutdown };
  }

  closed(): CloseHandlerResult {
    if (!this.ran) {
      // Its failure to start is reported with what the user can do.
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    const now = Date.now();
    this.times.push(now);
    if (this.times.filter((time) => now - time < SPAN).length <= MOST) {
      return { action: CloseAction.Restart };
    }
    return { action: CloseAction.DoNotRestart, message: `azrelease: the server ended ${MOST + 1} times in three minutes and is not restarted.` };
  }
}
