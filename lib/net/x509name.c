/*
 * x509name - walk the DER of a certificate to its subject, and to its
 * subjectAltName entries.
 *
 * Only what the walk crosses is parsed; the rest was parsed when the chain
 * was verified.  Refused: lengths that are indefinite, not minimal or beyond
 * their container, and a second subjectAltName (RFC 5280 4.2).
 *
 * An address written as text in a dNSName does not match: RFC 5280 has a form
 * of its own for addresses, and "10.0.0.1" is not a DNS name.
 */
#include "lib/net/x509name.h"

#include <string.h>

#define NAME_SHOWN_BYTES 64 /* ub-common-name of RFC 5280 */

/* DER identifier bytes (X.690 8.1.2) that a certificate uses */
enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_VERSION = 0xa0,    /* [0] of TBSCertificate */
	DER_ISSUER_ID = 0x81,  /* [1] */
	DER_SUBJECT_ID = 0x82, /* [2] */
	DER_EXTENSIONS = 0xa3, /* [3] */
	DER_NAME_IP = 0x87,    /* [7] of GeneralName */
};

static const struct str san_oid = {"\x55\x1d\x11", 3};         /* 2.5.29.17 */
static const struct str common_name_oid = {"\x55\x04\x03", 3}; /* 2.5.4.3 */

static int malformed(struct err *e, const char *what)
{
	return err_kind(e, ERR_INPUT, "certificate: malformed %s", what);
}

/* The byte at position i as a number. */
static size_t byte_at(struct str s, size_t i)
{
	return (unsigned char)s.p[i];
}

/* Read the length field behind the identifier: its own size and its value. */
static bool read_length(struct str in, size_t *field, size_t *length)
{
	size_t n_bytes;

	if (in.n < 2)
		return false;
	*field = 1;
	*length = byte_at(in, 1);
	if (*length < 0x80)
		return true;
	n_bytes = *length & 0x7f;
	if (n_bytes == 0 || n_bytes > 3 || in.n < 2 + n_bytes)
		return false;
	*length = 0;
	for (size_t i = 0; i < n_bytes; i++)
		*length = *length << 8 | byte_at(in, 2 + i);
	*field = 1 + n_bytes;
	/* DER: the shortest form (X.690 10.1) */
	return *length >= 0x80 && *length >> (8 * (n_bytes - 1)) != 0;
}

/* Move one element of any kind off the front of *in. */
static bool take_any(struct str *in, size_t *tag, struct str *content)
{
	size_t field, length;

	if (!read_length(*in, &field, &length))
		return false;
	if (length > in->n - 1 - field)
		return false;
	*tag = byte_at(*in, 0);
	*content = (struct str){in->p + 1 + field, length};
	in->p += 1 + field + length;
	in->n -= 1 + field + length;
	return true;
}

/* Move an element of this kind off the front of *in. */
static bool take(struct str *in, size_t tag, struct str *content)
{
	size_t found;

	return take_any(in, &found, content) && found == tag;
}

/* The same when it stands there; true and left alone when it does not. */
static bool take_optional(struct str *in, size_t tag, struct str *content)
{
	*content = (struct str){NULL, 0};
	if (in->n == 0 || byte_at(*in, 0) != tag)
		return true;
	return take(in, tag, content);
}

/* TBSCertificate (RFC 5280 4.1) up to its subject; *tbs is what follows it. */
static int find_subject(
	struct str der, struct str *subject, struct str *tbs, struct err *e)
{
	struct str cert, skip;

	if (!take(&der, DER_SEQUENCE, &cert) || der.n != 0 ||
		!take(&cert, DER_SEQUENCE, tbs))
		return malformed(e, "outer sequence");
	if (!take_optional(tbs, DER_VERSION, &skip) ||
		!take(tbs, DER_INTEGER, &skip) ||
		!take(tbs, DER_SEQUENCE, &skip) || /* signature */
		!take(tbs, DER_SEQUENCE, &skip) || /* issuer */
		!take(tbs, DER_SEQUENCE, &skip) || /* validity */
		!take(tbs, DER_SEQUENCE, subject))
		return malformed(e, "body");
	return 0;
}

/* Its extensions; none is empty. */
static int find_extensions(struct str der, struct str *list, struct err *e)
{
	struct str tbs, skip, outer;

	if (find_subject(der, &skip, &tbs, e) < 0)
		return -1;
	if (!take(&tbs, DER_SEQUENCE, &skip) || /* public key */
		!take_optional(&tbs, DER_ISSUER_ID, &skip) ||
		!take_optional(&tbs, DER_SUBJECT_ID, &skip))
		return malformed(e, "body");
	if (!take_optional(&tbs, DER_EXTENSIONS, &outer) || tbs.n != 0)
		return malformed(e, "body");
	*list = outer;
	if (outer.n == 0)
		return 0;
	if (!take(&outer, DER_SEQUENCE, list) || outer.n != 0)
		return malformed(e, "extensions");
	return 0;
}

/* The content of the one subjectAltName; no such extension is empty. */
static int find_names(struct str list, struct str *names, struct err *e)
{
	struct str extension, oid, critical, value;

	*names = (struct str){NULL, 0};
	while (list.n > 0) {
		if (!take(&list, DER_SEQUENCE, &extension) ||
			!take(&extension, DER_OID, &oid) ||
			!take_optional(&extension, DER_BOOLEAN, &critical) ||
			!take(&extension, DER_OCTETS, &value) ||
			extension.n != 0)
			return malformed(e, "extension");
		if (!str_eq(oid, san_oid))
			continue;
		if (names->p != NULL)
			return malformed(e, "second subjectAltName");
		if (!take(&value, DER_SEQUENCE, names) || value.n != 0)
			return malformed(e, "subjectAltName");
	}
	return 0;
}

int x509name_match_ip(struct str der, struct str address, struct err *e)
{
	struct str list, names, name;
	size_t tag, n_addresses = 0;
	bool is_found = false;

	if (address.n != 4 && address.n != 16)
		return err_set(e, "an address has 4 or 16 bytes");
	if (find_extensions(der, &list, e) < 0 ||
		find_names(list, &names, e) < 0)
		return -1;
	while (names.n > 0) {
		if (!take_any(&names, &tag, &name))
			return malformed(e, "subjectAltName entry");
		if (tag != DER_NAME_IP)
			continue;
		n_addresses++;
		is_found = is_found || str_eq(name, address);
	}
	if (is_found)
		return 0;
	return err_kind(e, ERR_DENIED,
		"the server's certificate is for %s address",
		n_addresses > 0 ? "another" : "no");
}

static void put_printable(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		buf_byte(out, c >= ' ' && c <= '~' ? c : '?');
	}
}

bool x509name_common_name(struct str der, struct buf *out)
{
	struct str names, rest, set, one, oid, value;
	size_t tag;

	if (find_subject(der, &names, &rest, NULL) < 0)
		return false;
	while (take(&names, DER_SET, &set) && take(&set, DER_SEQUENCE, &one)) {
		if (!take(&one, DER_OID, &oid) || !take_any(&one, &tag, &value))
			return false;
		if (!str_eq(oid, common_name_oid))
			continue;
		put_printable(str_sub(value, 0, NAME_SHOWN_BYTES), out);
		return true;
	}
	return false;
}
