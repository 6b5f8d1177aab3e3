/*
 * view - the same facts in two forms.  What people read is put in words; the
 * keys and values of the JSON are fixed, since programs depend on them.
 */
#include "kube-proxy-mini/show/view.h"

#include "kube-proxy-mini/ruleset/class.h"
#include "kube-proxy-mini/ruleset/elem_print.h"

#define TEXT_MAX 128 /* an address, a range, an endpoint */

static const char *const masquerades[] = {
	[RULESET_MASQ_NEVER] = "no client",
	[RULESET_MASQ_ALWAYS] = "every client",
	[RULESET_MASQ_OUTSIDE] = "clients that are not pods of this node",
	[RULESET_MASQ_LOCAL] = "this node itself",
};

static const char *const masquerade_keys[] = {
	[RULESET_MASQ_NEVER] = "never",
	[RULESET_MASQ_ALWAYS] = "always",
	[RULESET_MASQ_OUTSIDE] = "outside",
	[RULESET_MASQ_LOCAL] = "node",
};

static const char *masquerade_word(
	const char *const words[], const struct view *v)
{
	return v->at->of.masquerade <= RULESET_MASQ_LOCAL
		       ? words[v->at->of.masquerade]
		       : "?";
}

static bool has_slots(const struct show_target *t)
{
	return t->slots != CLASS_REJECT && t->slots != CLASS_DROP;
}

static void print_end(const struct elem *el, struct buf *out)
{
	bool is_v6 = el->family == MODEL_V6;

	buf_text(out, is_v6 ? "[" : "");
	elem_print_ip((enum model_family)el->family, el->ip, out);
	buf_fmt(out, "%s:%u", is_v6 ? "]" : "", el->port);
}

static void print_range(const struct elem *el, struct buf *out)
{
	elem_print_ip((enum model_family)el->family, el->client, out);
	buf_fmt(out, "/%u", el->bits);
}

/* Lines for people. */

static void text_target(const struct show_target *t, struct buf *out)
{
	if (!has_slots(t)) {
		buf_fmt(out, "  %-10s %s\n", t->side,
			t->slots ? "dropped: no endpoint on this node"
				 : "rejected: no endpoints");
		return;
	}
	for (size_t i = 0; i < t->n_ends; i++) {
		buf_fmt(out, "  %-10s ", i ? "" : t->side);
		print_end(&t->ends[i], out);
		buf_byte(out, '\n');
	}
}

static void text_head(const struct view *v, char end, struct buf *out)
{
	buf_fmt(out, "%s ", v->comment);
	print_end(v->at, out);
	buf_fmt(out, "/%s%c", elem_proto_name(v->at->proto), end);
}

void view_text(const struct view *v, struct buf *out)
{
	text_head(v, '\n', out);
	if (v->affinity_s)
		buf_fmt(out, "  %-10s %u s\n", "affinity", v->affinity_s);
	buf_fmt(out, "  %-10s %s\n", "masquerade",
		masquerade_word(masquerades, v));
	for (size_t i = 0; i < v->n_ranges; i++) {
		buf_fmt(out, "  %-10s ", i ? "" : "only from");
		print_range(&v->ranges[i], out);
		buf_byte(out, '\n');
	}
	for (size_t i = 0; i < v->n_targets; i++)
		text_target(&v->targets[i], out);
}

void view_line(const struct view *v, struct buf *out)
{
	const struct show_target *t = &v->targets[0];

	text_head(v, ' ', out);
	if (has_slots(t))
		buf_fmt(out, "%s%u endpoint%s\n",
			t->slots > CLASS_EXACT ? "at most " : "", t->slots,
			t->slots == 1 ? "" : "s");
	else
		buf_text(out, t->slots ? "dropped\n" : "rejected\n");
}

/* JSON. */

typedef void print_elem(const struct elem *el, struct buf *out);

static void json_elems(struct json_out *out, const char *key,
	const struct elem *list, size_t n, print_elem *print)
{
	json_list(out, key);
	for (size_t i = 0; i < n; i++) {
		char room[TEXT_MAX];
		struct buf text = buf_fixed(room, sizeof(room));

		print(&list[i], &text);
		json_str(out, NULL, buf_view(&text));
	}
	json_list_end(out);
}

static void json_target(
	struct json_out *out, const struct show_target *t, bool is_whole)
{
	json_map(out, t->side);
	json_text(out, "action",
		has_slots(t) ? "translate"
		: t->slots   ? "drop"
			     : "reject");
	if (has_slots(t) && is_whole)
		json_elems(out, "endpoints", t->ends, t->n_ends, print_end);
	else if (has_slots(t))
		json_whole(out, "slots", t->slots);
	json_map_end(out);
}

void view_json(const struct view *v, bool is_whole, struct json_out *out)
{
	struct str name, port = str_of(v->comment);
	char room[TEXT_MAX];
	struct buf ip = buf_fixed(room, sizeof(room));

	str_cut(&port, ':', &name);
	elem_print_ip((enum model_family)v->at->family, v->at->ip, &ip);
	json_map(out, NULL);
	json_str(out, "service", name);
	json_str(out, "portName", port);
	json_str(out, "address", buf_view(&ip));
	json_text(out, "protocol", elem_proto_name(v->at->proto));
	json_whole(out, "port", v->at->port);
	json_text(out, "masquerade", masquerade_word(masquerade_keys, v));
	json_whole(out, "affinitySeconds", v->affinity_s);
	if (v->n_ranges)
		json_elems(out, "sourceRanges", v->ranges, v->n_ranges,
			print_range);
	for (size_t i = 0; i < v->n_targets; i++)
		json_target(out, &v->targets[i], is_whole);
	json_map_end(out);
}
