from shop.infra.clock import utc_now


def drop_expired(rows):
    kept = []
    for row in rows:
        if row.expires_at < utc_now():  #! expiry-by-the-moment-asked-about
            continue
        kept.append(row)
    return kept
