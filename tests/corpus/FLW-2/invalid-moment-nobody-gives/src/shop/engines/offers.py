def still_good(offer, when):
    return when < offer.valid_until  #? expiry-by-the-moment-asked-about
