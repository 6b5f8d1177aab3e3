/*
 * address - IP addresses and prefixes in text, as the Kubernetes API has them.
 *
 * IPv4 parts are decimal also with leading zeros ("010.0.0.1" is 10.0.0.1):
 * older API servers stored such addresses, and kube-proxy still accepts them.
 * An IPv4-mapped IPv6 address (::ffff:10.0.0.1) is read as IPv4.  Refused:
 * IPv6 zones, white space, trailing text.
 */
#ifndef KEELSON_PROXY_ADDRESS_H
#define KEELSON_PROXY_ADDRESS_H

#include "kube-proxy-mini/model/object.h"

/* 0 or -1. */
int address_parse(struct str text, struct model_ip *out);

/* "10.0.0.0/8"; host bits are cleared.  0 or -1. */
int address_parse_net(struct str text, struct model_net *out);

/* The text that inet_ntop(3) gives.  Returns out. */
#define ADDRESS_TEXT_BYTES 46
const char *address_text(const struct model_ip *ip, char *out);

#endif
