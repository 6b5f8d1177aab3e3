/*
 * elem_print - elements as the nft tool writes them.
 */
#ifndef KEELSON_PROXY_ELEM_PRINT_H
#define KEELSON_PROXY_ELEM_PRINT_H

#include "kube-proxy-mini/ruleset/elem.h"

/* "10.96.0.10 . tcp . 80 : 0x00000002 . 0x00000003 . 0x00000001" */
void elem_print(const struct elem *el, struct buf *out);

/* "10.96.0.10" or "fd00::1"; bytes are 4 or 16 by family. */
void elem_print_ip(
	enum model_family family, const uint8_t *ip, struct buf *out);

/* "tcp", "udp", "sctp", else "?". */
const char *elem_proto_name(uint8_t proto);

#endif
