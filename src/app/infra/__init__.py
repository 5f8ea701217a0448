"""Declarations and services every layer may use: intents, the clock, settings, the request id."""

from app.infra.feature_intent import (
    INTENT_CONSISTENCY_MATRIX,
    FeatureDeclaration,
    FeatureIntent,
    IntentConsistencyError,
    RetryPolicy,
    RetryPolicyError,
    feature,
    register_feature,
    validate_intent_consistency,
    validate_module_intent,
    validate_retry_policy,
)
from app.infra.transaction import TransactionIntent, transactional

__all__ = [
    "INTENT_CONSISTENCY_MATRIX",
    "FeatureDeclaration",
    "FeatureIntent",
    "IntentConsistencyError",
    "RetryPolicy",
    "RetryPolicyError",
    "TransactionIntent",
    "feature",
    "register_feature",
    "transactional",
    "validate_intent_consistency",
    "validate_module_intent",
    "validate_retry_policy",
]
