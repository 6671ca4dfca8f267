// Starts everything the page can do beyond being read.

import { startCases } from "./cases.js";
import { startContents } from "./contents.js";
import { openDetailsOnPaper } from "./printing.js";
import { startTheme } from "./theme.js";

startTheme();
startContents();
openDetailsOnPaper();

const cases = document.getElementById("grid-root");
if (cases) {
  startCases(cases, document.getElementById("paper")).catch((error) => {
    cases.textContent = `The cases could not be unpacked by this browser: ${error.message}`;
    document.documentElement.dataset.grid = "failed";
    throw error;
  });
}
