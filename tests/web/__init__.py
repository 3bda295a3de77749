"""Programs that run the page's modules in node, and what its tests share."""
