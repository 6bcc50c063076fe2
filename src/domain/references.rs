//! Reference lists compiled in: axes, sustainable development goals, budget lines, markers.
