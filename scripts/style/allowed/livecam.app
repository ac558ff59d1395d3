words 3
