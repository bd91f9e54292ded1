// The page works without any of this; each module improves what `data-behaviour` names.
import "./embedded.js";
import { enliven } from "./behaviours.js";
import "./follow.js";
import "./once.js";
import "./shortcut.js";

enliven(document);
