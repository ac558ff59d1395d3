"""Check the first line of every docstring."""

import ast
from collections.abc import Iterator

from scripts.style.imperative import is_imperative

WIDTH = 79
"""Characters of a first line, quotes and indentation not counted."""

_PROPERTIES = frozenset(("property", "cached_property", "setter", "overload", "fixture"))
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def find_bad_first_lines(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line number and reason for every docstring that does not begin as the style guide says."""
    for node in ast.walk(tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)) is not None:
            line = 1 if isinstance(node, ast.Module) else node.lineno
            for reason in _judge(node, text.split("\n", 1)[0].strip(), text):
                yield line, reason


def _judge(node: Documented, first: str, text: str) -> Iterator[str]:
    if len(first) > WIDTH:
        yield f"the first line has {len(first)} characters, at most {WIDTH}"
    if not first.endswith("."):
        yield f'the first line does not end with a full stop: "{first[:50]}"'
    if "as above" in text.lower():
        yield 'says "As above"'
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_value(node) and not _is_order(node, first):
        yield f'a function begins with an imperative: "{first[:50]}"'


def _is_order(node: ast.FunctionDef | ast.AsyncFunctionDef, first: str) -> bool:
    return is_imperative(first) or (_is_truth(node) and first.startswith("Whether "))


def _is_value(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = map(_called, node.decorator_list)
    return any(getattr(part, "attr", getattr(part, "id", "")) in _PROPERTIES for part in decorators)


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _is_truth(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return isinstance(node.returns, ast.Name) and node.returns.id == "bool"
