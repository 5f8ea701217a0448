"""What a feature does to the world and whether it may be retried, declared and checked for consistency.

There is no global registry of declarations: :func:`feature` attaches them to the function, and
:func:`register_feature` and :func:`validate_module_intent` return them, so that a reader (a test, a contract)
collects what it needs and importing a module changes nothing outside that module.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from app.infra.transaction import TransactionIntent

F = TypeVar("F", bound=Callable[..., Any])


class FeatureIntent(str, Enum):
    """What a feature does to the world."""

    PURE_QUERY = "pure_query"
    STATE_MUTATION = "state_mutation"
    EXTERNAL_SIDE_EFFECT = "external_side_effect"
    RECOVERABLE_OPERATION = "recoverable_operation"


class RetryPolicy(str, Enum):
    """Whether a caller may repeat the feature after a failure."""

    NEVER = "never"
    SAFE = "safe"
    DANGEROUS = "dangerous"


class IntentConsistencyError(ValueError):
    """A feature intent and the transaction it runs in contradict each other."""


class RetryPolicyError(ValueError):
    """A feature intent lacks the retry policy it requires, or declares one it forbids."""


@dataclass(frozen=True)
class IntentRule:
    """One row of the consistency matrix."""

    transactions: frozenset[TransactionIntent]
    required_retry: RetryPolicy | None = None
    forbidden_retry: RetryPolicy | None = None


INTENT_CONSISTENCY_MATRIX: Mapping[FeatureIntent, IntentRule] = MappingProxyType(
    {
        FeatureIntent.PURE_QUERY: IntentRule(frozenset({TransactionIntent.READ_ONLY})),
        FeatureIntent.STATE_MUTATION: IntentRule(
            frozenset({TransactionIntent.ATOMIC_WRITE, TransactionIntent.LOCKED_MUTATION})
        ),
        FeatureIntent.EXTERNAL_SIDE_EFFECT: IntentRule(
            frozenset({TransactionIntent.ATOMIC_WRITE}),
            required_retry=RetryPolicy.NEVER,
            forbidden_retry=RetryPolicy.SAFE,
        ),
        FeatureIntent.RECOVERABLE_OPERATION: IntentRule(
            frozenset({TransactionIntent.LOCKED_MUTATION}), required_retry=RetryPolicy.SAFE
        ),
    }
)


@dataclass(frozen=True)
class FeatureDeclaration:
    """The intent one module declares, with the functions in it that carry a declaration of their own."""

    module_path: str
    feature_intent: FeatureIntent
    retry_policy: RetryPolicy | None = None
    functions: tuple[str, ...] = field(default=())


def validate_intent_consistency(feature_intent: FeatureIntent, transaction_intent_name: str) -> None:
    """Check that the transaction intent (by name, e.g. ``"ATOMIC_WRITE"``) is one the feature intent allows.

    Raises:
        IntentConsistencyError: for an unknown name or a combination outside the matrix.
    """
    try:
        transaction_intent = TransactionIntent[transaction_intent_name]
    except KeyError:
        raise IntentConsistencyError(
            f"Unknown transaction intent {transaction_intent_name!r}; "
            f"use one of {', '.join(intent.name for intent in TransactionIntent)}."
        ) from None
    allowed = INTENT_CONSISTENCY_MATRIX[feature_intent].transactions
    if transaction_intent not in allowed:
        raise IntentConsistencyError(
            f"{feature_intent.name} does not go with {transaction_intent.name}; "
            f"use {' or '.join(sorted(intent.name for intent in allowed))}."
        )


def validate_retry_policy(feature_intent: FeatureIntent, retry_policy: RetryPolicy | None) -> None:
    """Check the retry policy against what the feature intent requires and forbids.

    Raises:
        RetryPolicyError: when a required policy is absent or different, or a forbidden one is declared.
    """
    rule = INTENT_CONSISTENCY_MATRIX[feature_intent]
    if retry_policy is not None and retry_policy is rule.forbidden_retry:
        raise RetryPolicyError(
            f"{feature_intent.name} forbids RetryPolicy.{retry_policy.name}: a retry would repeat the effect."
        )
    if rule.required_retry is not None and retry_policy is not rule.required_retry:
        declared = f"RetryPolicy.{retry_policy.name}" if retry_policy else "none"
        raise RetryPolicyError(
            f"{feature_intent.name} requires RetryPolicy.{rule.required_retry.name}; declared: {declared}."
        )


def register_feature(
    module_path: str, feature_intent: FeatureIntent, retry_policy: RetryPolicy | None = None
) -> FeatureDeclaration:
    """Return the validated declaration of one module.

    Raises:
        RetryPolicyError: when intent and retry policy contradict each other.
    """
    validate_retry_policy(feature_intent, retry_policy)
    return FeatureDeclaration(module_path, feature_intent, retry_policy)


def feature(intent: FeatureIntent, retry: RetryPolicy | None = None) -> Callable[[F], F]:
    """Attach an intent to a function and check it against a ``transactional`` declaration the function
    carries.

    The function itself is returned, not a wrapper, so a coroutine function stays a coroutine function.

    Raises:
        RetryPolicyError, IntentConsistencyError: when the declarations contradict each other.
    """
    validate_retry_policy(intent, retry)

    def declare(function: F) -> F:
        attributes = vars(function)
        transaction_intent = attributes.get("_transaction_intent")
        if transaction_intent is not None:
            validate_intent_consistency(intent, transaction_intent.name)
        attributes.update(
            _feature_intent=intent,
            _retry_policy=retry,
            _feature_full_name=f"{function.__module__}.{function.__qualname__}",
        )
        return function

    return declare


def validate_module_intent(module_globals: Mapping[str, Any]) -> FeatureDeclaration:
    """Return the declaration a module makes by ``FEATURE_INTENT`` and ``RETRY_POLICY``, with its declared
    functions.

    Raises:
        ValueError: when ``FEATURE_INTENT`` is absent or of the wrong type, when ``RETRY_POLICY`` is of the
        wrong
            type, or (as RetryPolicyError) when a required retry policy is absent.
    """
    module_path = str(module_globals.get("__name__", "<unknown module>"))
    intent = module_globals.get("FEATURE_INTENT")
    if not isinstance(intent, FeatureIntent):
        found = "missing" if intent is None else f"of type {type(intent).__name__}"
        raise ValueError(f"{module_path}: FEATURE_INTENT is {found}; declare a member of FeatureIntent.")
    retry = module_globals.get("RETRY_POLICY")
    if retry is not None and not isinstance(retry, RetryPolicy):
        raise ValueError(
            f"{module_path}: RETRY_POLICY is of type {type(retry).__name__}; declare a member of RetryPolicy."
        )
    validate_retry_policy(intent, retry)
    functions = sorted(
        vars(value)["_feature_full_name"]
        for value in module_globals.values()
        if callable(value) and "_feature_full_name" in getattr(value, "__dict__", {})
    )
    return FeatureDeclaration(module_path, intent, retry, tuple(functions))
