/*
 * address - reads IPv4 part by part, because inet_pton(3) refuses leading
 * zeros, and IPv6 with inet_pton(3).
 */
#include "kube-proxy-mini/model/address.h"

#include <arpa/inet.h>
#include <string.h>

static int parse_v4(struct str text, uint8_t *out)
{
	struct str part;
	int n = 0;

	while (str_cut(&text, '.', &part)) {
		uint64_t value;

		if (n == 4 || part.n > 10 || str_u64(part, 0, 255, &value) < 0)
			return -1;
		out[n++] = (uint8_t)value;
	}
	return n == 4 ? 0 : -1;
}

int address_parse(struct str text, struct model_ip *out)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char copy[INET6_ADDRSTRLEN];
	uint8_t b[16];

	*out = (struct model_ip){.family = MODEL_V4};
	if (str_find(text, ':') == text.n)
		return parse_v4(text, out->b);
	if (str_copy(text, copy, sizeof(copy)) < 0 ||
		inet_pton(AF_INET6, copy, b) != 1)
		return -1;
	if (memcmp(b, mapped, sizeof(mapped)) == 0) {
		memcpy(out->b, b + sizeof(mapped), 4);
		return 0;
	}
	out->family = MODEL_V6;
	memcpy(out->b, b, sizeof(b));
	return 0;
}

/* Clear the host bits. */
static void cut_bits(struct model_ip *ip, unsigned int bits)
{
	for (unsigned int i = 0; i < 16; i++) {
		unsigned int from = i * 8;

		if (from >= bits)
			ip->b[i] = 0;
		else if (bits - from < 8)
			ip->b[i] &= (uint8_t)(0xff00u >> (bits - from));
	}
}

int address_parse_net(struct str text, struct model_net *out)
{
	struct str ip;
	uint64_t bits, most;

	str_cut(&text, '/', &ip);
	if (text.p == NULL || address_parse(ip, &out->ip) < 0)
		return -1;
	most = 8 * MODEL_ADDR_BYTES(out->ip.family);
	if (str_u64(text, 0, most, &bits) < 0)
		return -1;
	cut_bits(&out->ip, (unsigned int)bits);
	out->bits = (uint8_t)bits;
	return 0;
}

const char *address_text(const struct model_ip *ip, char *out)
{
	int family = ip->family == MODEL_V4 ? AF_INET : AF_INET6;

	if (inet_ntop(family, ip->b, out, ADDRESS_TEXT_BYTES) == NULL)
		out[0] = '\0';
	return out;
}
