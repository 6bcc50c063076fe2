// Comfort only: a page that stands between two others works without this file.
"use strict";

// The arrows left and right go to the one before and after.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const link = document.querySelector({ ArrowLeft: "a[data-key='prev']", ArrowRight: "a[data-key='next']" }[event.key] || "a[data-key='none']");
  if (link) { event.preventDefault(); link.click(); }
});
