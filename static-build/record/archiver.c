/*
 * ar and ranlib: the archive is read afterwards, member by member, because
 * what is in it decides, not what the command line said.
 */
#include "lib/base/fd.h"
#include "static-build/record/event.h"
#include "static-build/record/members.h"
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
	bool is_one;         /* the archive may change */
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
	ch.is_one = strpbrk(keys, "rqdms") != NULL;
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
		.is_one = true};
}

static void put_member(struct event *ev, const struct member *m)
{
	char name[PATH_MAX], hex[SHA256_HEX + 1] = "";

	if (str_copy(m->name, name, sizeof name) < 0)
		name[0] = '\0';
	event_map(ev, NULL);
	event_text(ev, "name", name);
	event_whole(ev, "offset", (int64_t)m->offset);
	event_whole(ev, "size", (int64_t)m->size);
	if (m->offset)
		sha256_hex(m->bytes, hex);
	if (hex[0])
		event_text(ev, "sha256", hex);
	else
		event_null(ev, "sha256");
	event_map_end(ev);
}

static int put_archive(struct event *ev, const struct change *ch, struct err *e)
{
	AUTO_BUF struct buf file = buf_growing(ARCHIVE_MAX_BYTES);
	struct members members;
	struct member m;
	int more;

	if (file_read(ch->archive, &file, e) < 0)
		return -1;
	if (members_start(&members, buf_view(&file), e) < 0)
		return err_at(e, "%s", ch->archive);
	event_file(ev, "output", ch->archive);
	event_truth(ev, "thin", members.is_thin);
	event_list(ev, "inputs");
	for (char **in = ch->inputs; *in; in++)
		event_file(ev, NULL, *in);
	event_list_end(ev);
	event_list(ev, "members");
	while ((more = members_next(&members, &m, e)) > 0)
		put_member(ev, &m);
	event_list_end(ev);
	return more < 0 ? err_at(e, "%s", ch->archive) : 0;
}

static int write_change(const struct context *c, const char *tool,
	const struct words *words, const struct change *ch, int rc,
	struct err *e)
{
	struct event ev;

	event_start(&ev, c, "archive", tool, words->list, rc);
	if (rc == 0 && put_archive(&ev, ch, e) < 0) {
		buf_free(&ev.b);
		return -1;
	}
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
	if (!ch.archive || !ch.is_one)
		return tool_become(argv[0], argv, e);
	if (tool_run(argv[0], argv, rc, e) < 0)
		return -1;
	return write_change(c, argv[0], &words, &ch, *rc, e);
}
