docstrings 115
errors 1
words 59
