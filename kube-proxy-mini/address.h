/*
 * address - IP addresses and prefixes in text, as the Kubernetes API has them.
 *
 * Leading zeros in IPv4 parts are decimal ("010.0.0.1" is 10.0.0.1): older
 * API servers stored them and kube-proxy still reads them so.  IPv4 in IPv6
 * form (::ffff:10.0.0.1) is IPv4.  Refused: zones, anything around.
 */
#ifndef KEELSON_PROXY_ADDRESS_H
#define KEELSON_PROXY_ADDRESS_H

#include "kube-proxy-mini/model.h"

/* 0 or -1. */
int address_parse(struct str text, struct model_ip *out);

/* "10.0.0.0/8"; bits behind the prefix are cleared. 0 or -1. */
int address_parse_net(struct str text, struct model_net *out);

/* The usual text, as inet_ntop(3) has it. Returns out. */
#define ADDRESS_TEXT_BYTES 46
const char *address_text(const struct model_ip *ip, char *out);

#endif
