docstrings 117
errors 1
words 55
