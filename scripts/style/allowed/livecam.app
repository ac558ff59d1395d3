docstrings 71
errors 1
words 40
