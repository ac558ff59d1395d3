docstrings 116
errors 1
words 55
