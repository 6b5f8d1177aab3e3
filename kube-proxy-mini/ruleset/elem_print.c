/*
 * elem_print - prints the fields of a set's shape, joined by " . ", the data
 * after a colon.
 */
#include "kube-proxy-mini/ruleset/elem_print.h"

#include "kube-proxy-mini/ruleset/elem_shape.h"

#include <arpa/inet.h>

const char *elem_proto_name(uint8_t proto)
{
	switch (proto) {
	case MODEL_TCP:
		return "tcp";
	case MODEL_UDP:
		return "udp";
	case MODEL_SCTP:
		return "sctp";
	default:
		return "?";
	}
}

void elem_print_ip(enum model_family family, const uint8_t *ip, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == MODEL_V4 ? AF_INET : AF_INET6, ip, text,
		sizeof(text));
	buf_text(out, text);
}

static void print_ip(const struct elem *el, struct buf *out)
{
	elem_print_ip((enum model_family)el->family, el->ip, out);
}

static void print_place(const struct elem *el, struct buf *out)
{
	print_ip(el, out);
	buf_fmt(out, " . %s . %u", elem_proto_name(el->proto), el->port);
}

static void print_shape(
	const struct elem *el, enum elem_shape s, struct buf *out)
{
	switch (s) {
	case SHAPE_ADDRESS_PORT:
		print_place(el, out);
		return;
	case SHAPE_SLOT:
		buf_fmt(out, "0x%08x . 0x%08x", el->of.group, el->of.slot);
		return;
	case SHAPE_ZERO_ID:
		buf_fmt(out, "0x00000000 . 0x%08x", el->of.id);
		return;
	case SHAPE_ID:
		buf_fmt(out, "0x%08x", el->of.id);
		return;
	case SHAPE_TWICE:
		print_ip(el, out);
		buf_text(out, " . ");
		print_ip(el, out);
		return;
	case SHAPE_ADDRESS:
		print_ip(el, out);
		return;
	case SHAPE_RANGE:
		buf_fmt(out, "0x%08x . ", elem_list(el));
		elem_print_ip((enum model_family)el->family, el->client, out);
		buf_fmt(out, "/%u", el->bits);
		return;
	case SHAPE_ENDPOINT:
		print_ip(el, out);
		buf_fmt(out, " . %u", el->port);
		return;
	case SHAPE_SERVICE:
		buf_fmt(out, "0x%08x . 0x%08x . 0x%08x", el->of.masquerade,
			el->of.class, el->of.group);
		return;
	case SHAPE_NONE:
		return;
	}
}

void elem_print(const struct elem *el, struct buf *out)
{
	print_shape(el, elem_shapes[el->set].key, out);
	if (elem_shapes[el->set].data == SHAPE_NONE)
		return;
	buf_text(out, " : ");
	print_shape(el, elem_shapes[el->set].data, out);
}
