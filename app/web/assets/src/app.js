// Everything works without this script; it adds keys, selection, conditions and swaps in place.
// All listening is done on the document, so that what htmx swaps in needs no wiring of its own.
import "./js/swaps.js";
import { startDisplay } from "./js/display.js";
import { startForms } from "./js/forms.js";
import { startKeys } from "./js/keys.js";
import { startLists } from "./js/lists.js";
import { startTables } from "./js/tables.js";
import { startTabs } from "./js/tabs.js";
import { startUploads } from "./js/uploads.js";

for (const start of [startDisplay, startForms, startKeys, startLists, startTables, startTabs, startUploads]) start();
