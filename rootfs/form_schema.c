/*
 * form_schema - one function for a map, which calls itself for maps within it:
 * as deep as the tables, which are constants.
 */
#include "rootfs/form_schema.h"

#include "lib/base/json_out.h"

#define PATTERN_BYTES 512

static void put_map(
	struct json_out *o, const struct form_key *keys, bool is_part);

/* A variable has its value before the rule is asked. */
#define OR_VARIABLE "|\\$\\{\\{"

static void put_text(struct json_out *o, const struct form_rule *rule)
{
	char text[PATTERN_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	json_text(o, "type", "string");
	if (!rule)
		return;
	buf_fmt(&b, "%s" OR_VARIABLE, rule->pattern);
	json_str(o, "pattern", buf_view(&b));
}

/* What a list or a map of the author's keys holds. */
static void put_inside(
	struct json_out *o, const char *key, const struct form_key *k)
{
	json_map(o, key);
	if (k->keys)
		put_map(o, k->keys, false);
	else
		put_text(o, k->rule);
	json_map_end(o);
}

static void put_names(struct json_out *o, const struct form_rule *names)
{
	if (!names)
		return;
	json_map(o, "propertyNames");
	json_text(o, "pattern", names->pattern);
	json_map_end(o);
}

static void put_key(struct json_out *o, const struct form_key *k)
{
	json_map(o, k->name);
	if (k->help)
		json_text(o, "description", k->help);
	if (k->type == NODE_TEXT) {
		put_text(o, k->rule);
	} else if (k->type == NODE_INT) {
		json_text(o, "type", "integer");
		json_whole(o, "minimum", 0);
		json_whole(o, "maximum", k->max);
	} else if (k->type == NODE_BOOL) {
		json_text(o, "type", "boolean");
	} else if (k->type == NODE_LIST) {
		json_text(o, "type", "array");
		put_inside(o, "items", k);
	} else if (k->keys) {
		put_map(o, k->keys, false);
	} else {
		json_text(o, "type", "object");
		put_names(o, k->names);
		put_inside(o, "additionalProperties", k);
	}
	json_map_end(o);
}

/* As deep as the tables, which are constants. */
static void put_map(
	struct json_out *o, const struct form_key *keys, bool is_part)
{
	bool has_needed = false;

	json_text(o, "type", "object");
	json_map(o, "properties");
	for (const struct form_key *k = keys; k->name; k++) {
		put_key(o, k);
		has_needed = has_needed || (k->is_needed && !is_part);
	}
	json_map_end(o);
	if (has_needed) {
		json_list(o, "required");
		for (const struct form_key *k = keys; k->name; k++)
			if (k->is_needed)
				json_text(o, NULL, k->name);
		json_list_end(o);
	}
	json_truth(o, "additionalProperties", false);
}

void form_schema(const struct form_key *keys, const char *title, bool is_part,
	struct buf *out)
{
	struct json_out o = json_out(out, 2);

	json_map(&o, NULL);
	json_text(
		&o, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_text(&o, "title", title);
	put_map(&o, keys, is_part);
	json_map_end(&o);
	buf_byte(out, '\n');
}
