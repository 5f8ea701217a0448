def close(tenant: str) -> None:
    from shop.spine.helpers.ending import end

    end(tenant)
