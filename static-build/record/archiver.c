/*
 * archiver - ar and ranlib: run the tool, then read the archive, member by
 * member, because its contents decide, not the command line.
 */
#include "lib/arc/ar.h"
#include "lib/base/fd.h"
#include "static-build/record/event.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "static-build/record/words.h"

#include <stdlib.h>
#include <string.h>

#define ARCHIVE_MAX_BYTES (512u << 20)
#define WORDS_MAX_BYTES   (64u << 20)

struct change {
	const char *archive; /* NULL: none named */
	char **inputs;       /* null-ended, into the words */
	bool is_change;      /* the command may change the archive */
};

static bool takes_value(const char *word)
{
	return strcmp(word, "--plugin") == 0 || strcmp(word, "--target") == 0;
}

/* `ar [--plugin P] [-]KEYS [POSITION] [COUNT] ARCHIVE FILE...` */
static struct change read_ar(const struct words *w)
{
	struct change ch = {.archive = NULL};
	size_t i = 1;
	const char *keys;

	while (i < w->n && strncmp(w->list[i], "--", 2) == 0)
		i += takes_value(w->list[i]) ? 2 : 1;
	if (i >= w->n)
		return ch;
	keys = w->list[i++];
	i += strpbrk(keys, "abi") ? 1 : 0;
	i += strchr(keys, 'N') ? 1 : 0;
	if (i >= w->n)
		return ch;
	ch.archive = w->list[i];
	ch.inputs = w->list + i + 1;
	ch.is_change = strpbrk(keys, "rqdms") != NULL;
	return ch;
}

static struct change read_ranlib(const struct words *w)
{
	size_t i = 1;

	while (i < w->n && w->list[i][0] == '-')
		i += takes_value(w->list[i]) ? 2 : 1;
	if (i >= w->n)
		return (struct change){.archive = NULL};
	return (struct change){.archive = w->list[i],
		.inputs = w->list + w->n,
		.is_change = true};
}

static void put_member(struct json_out *o, const struct ar_member *m)
{
	char hex[SHA256_HEX + 1];

	json_map(o, NULL);
	json_str(o, "name", m->name);
	json_whole(o, "offset", (int64_t)m->offset);
	json_whole(o, "size", (int64_t)m->size);
	if (m->offset) {
		sha256_hex(m->data, hex);
		json_text(o, "sha256", hex);
	} else {
		json_null(o, "sha256");
	}
	json_map_end(o);
}

static int put_archive(struct event *ev, const struct change *ch, struct err *e)
{
	AUTO_BUF struct buf file = buf_growing(ARCHIVE_MAX_BYTES);
	struct json_out *o = &ev->json;
	struct ar_member m;
	struct ar_walk w;
	int more;

	if (file_read(ch->archive, &file, e) < 0)
		return -1;
	if (ar_start(&w, buf_view(&file), e) < 0)
		return err_at(e, "%s", ch->archive);
	event_put_now(ev, "output", ch->archive);
	json_truth(o, "thin", w.is_thin);
	json_list(o, "inputs");
	for (char **in = ch->inputs; *in; in++)
		event_put_now(ev, NULL, *in);
	json_list_end(o);
	json_list(o, "members");
	while ((more = ar_next(&w, &m, e)) > 0)
		put_member(o, &m);
	json_list_end(o);
	return more < 0 ? err_at(e, "%s", ch->archive) : 0;
}

static int write_change(const struct context *c, const struct event_call *call,
	const struct change *ch, struct err *e)
{
	struct event ev;

	event_start(&ev, c, "archive", call);
	if (call->rc == 0 && put_archive(&ev, ch, e) < 0)
		return event_drop(&ev);
	return event_write(&ev, e);
}

int archiver_archive(
	const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(WORDS_MAX_BYTES);
	struct words words;
	struct change ch;
	bool is_ranlib = strcmp(tool_base(argv[0]), "ranlib") == 0;

	if (words_expand(argv, &a, &words, e) < 0)
		return -1;
	ch = is_ranlib ? read_ranlib(&words) : read_ar(&words);
	if (!ch.archive || !ch.is_change)
		return tool_become(argv[0], argv, e);
	if (tool_run(argv[0], argv, rc, e) < 0)
		return -1;
	return write_change(
		c, &(struct event_call){argv[0], words.list, *rc}, &ch, e);
}
