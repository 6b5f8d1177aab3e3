/*
 * bech32 - verify the checksum and regroup 5-bit values to bytes.
 *
 * Each character stands for five bits; the last six characters are a checksum
 * over the prefix and the data.
 */
#include "lib/arc/bech32.h"

#include <string.h>

#define CHECKSUM_CHARS 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One step of the checksum (BIP 173): a BCH code over GF(32). */
static uint32_t polymod(uint32_t sum, unsigned value)
{
	static const uint32_t generator[5] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (int i = 0; i < 5; i++)
		if (top >> i & 1)
			sum ^= generator[i];
	return sum;
}

/* Copy in lower case; -1 if both cases occur. */
static int to_lower(struct str text, char *out)
{
	bool has_upper = false;
	bool has_lower = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		has_lower |= c >= 'a' && c <= 'z';
		if (c >= 'A' && c <= 'Z') {
			has_upper = true;
			c = (char)(c - 'A' + 'a');
		}
		out[i] = c;
	}
	return has_upper && has_lower ? -1 : 0;
}

static uint32_t prefix_sum(struct str hrp)
{
	uint32_t sum = 1;

	for (size_t i = 0; i < hrp.n; i++)
		sum = polymod(sum, (unsigned char)hrp.p[i] >> 5);
	sum = polymod(sum, 0);
	for (size_t i = 0; i < hrp.n; i++)
		sum = polymod(sum, (unsigned char)hrp.p[i] & 31);
	return sum;
}

/* Decode the characters; -1 for an unknown one or a bad checksum. */
static int values_read(struct str data, uint32_t sum, unsigned char *value)
{
	for (size_t i = 0; i < data.n; i++) {
		const char *at = data.p[i] ? strchr(alphabet, data.p[i]) : NULL;

		if (!at)
			return -1;
		value[i] = (unsigned char)(at - alphabet);
		sum = polymod(sum, value[i]);
	}
	return sum == 1 ? 0 : -1;
}

/* Regroup to bytes; the bits left over must be fewer than 5, and zero. */
static int regroup(
	const unsigned char *value, size_t count, unsigned char *out, size_t n)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		bits = bits << 5 | value[i];
		held += 5;
		if (held < 8)
			continue;
		held -= 8;
		if (at == n)
			return -1;
		out[at++] = (unsigned char)(bits >> held);
	}
	return at == n && held < 5 && !(bits & ((1u << held) - 1)) ? 0 : -1;
}

int bech32_decode(struct str text, const char *hrp, unsigned char *out,
	size_t n, struct err *e)
{
	char lower[BECH32_TEXT_BYTES_MAX];
	unsigned char value[BECH32_TEXT_BYTES_MAX];
	struct str prefix = str_of(hrp);
	struct str data;

	if (text.n > sizeof lower)
		return err_kind(e, ERR_INPUT, "key text too long");
	if (to_lower(text, lower) < 0)
		return err_kind(e, ERR_INPUT, "key text mixes cases");
	data = (struct str){lower, text.n};
	if (!str_has_prefix(data, prefix) || data.n <= prefix.n ||
		data.p[prefix.n] != '1')
		return err_kind(
			e, ERR_INPUT, "key text does not begin with %s1", hrp);
	data = str_sub(data, prefix.n + 1, data.n);
	if (data.n < CHECKSUM_CHARS ||
		values_read(data, prefix_sum(prefix), value) < 0)
		return err_kind(e, ERR_INPUT, "key text is damaged (checksum)");
	if (regroup(value, data.n - CHECKSUM_CHARS, out, n) < 0)
		return err_kind(e, ERR_INPUT, "key is not %zu bytes", n);
	return 0;
}
