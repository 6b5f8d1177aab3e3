/*
 * writing - JSON needs commas and braces, YAML a line and an indent for each
 * member: both come before the key, which begin_member() writes.
 */
#include "kube-proxy-mini/config/writing.h"

#include "lib/base/json.h"
#include "lib/base/whole.h"

#define INDENT 2

static void begin_member(struct writing *w, const char *key)
{
	bool *has_members = &w->has_members[w->depth - 1];

	if (!w->is_yaml) {
		buf_text(w->out, *has_members ? "," : "");
		json_quote(w->out, str_of(key));
		buf_byte(w->out, ':');
	} else {
		for (unsigned int i = INDENT; i < w->depth * INDENT; i++)
			buf_byte(w->out, ' ');
		buf_text(w->out, key);
		buf_byte(w->out, ':');
	}
	*has_members = true;
}

void writing_map(struct writing *w, const char *key)
{
	if (key != NULL)
		begin_member(w, key);
	if (w->is_yaml)
		buf_text(w->out, key != NULL ? "\n" : "");
	else
		buf_byte(w->out, '{');
	if (w->depth < WRITING_DEPTH)
		w->has_members[w->depth++] = false;
}

void writing_map_end(struct writing *w)
{
	w->depth--;
	if (!w->is_yaml)
		buf_byte(w->out, '}');
}

void writing_json(struct writing *w, const char *key, struct str json)
{
	begin_member(w, key);
	buf_text(w->out, w->is_yaml ? " " : "");
	buf_str(w->out, json);
	buf_text(w->out, w->is_yaml ? "\n" : "");
}

void writing_text(struct writing *w, const char *key, struct str text)
{
	AUTO_BUF struct buf json = buf_growing(6 * text.n + 2);

	json_quote(&json, text);
	whole_pass(&json, w->out);
	writing_json(w, key, buf_view(&json));
}

void writing_truth(struct writing *w, const char *key, bool is_true)
{
	writing_json(w, key, str_of(is_true ? "true" : "false"));
}

void writing_whole(struct writing *w, const char *key, uint64_t number)
{
	char room[24];
	struct buf b = buf_fixed(room, sizeof(room));

	buf_fmt(&b, "%llu", (unsigned long long)number);
	writing_json(w, key, buf_view(&b));
}
