// What every page has beside its words: copying, the keyboard, the theme. All of it
// can be done without: forms post, links lead, text can be selected.

import { copying } from "./copy.js";
import { keyboard } from "./keys.js";
import { theming } from "./theme.js";
import { menus } from "./menus.js";

copying(document);
keyboard(document);
theming(document);
menus(document);
