/*
 * cmd_show - `checkpoint-agent show`: what an archive holds.
 *
 * One pass over the archive: which container, of which image, dumped when,
 * how much memory, how long frozen, and the members with their sizes.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/criumsg.h"
#include "checkpoint-agent/pack.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define MEMBER_MAX (4u << 20)
#define ARENA_MAX  (16u << 20)

static bool lists_all;

struct show {
	struct arena arena;
	uint64_t members, bytes, memory_bytes, changes_bytes;
	struct criu_stats stats;
};

static void print_text(const struct node *map, const char *key,
		const char *label)
{
	struct str s = node_text(node_get(map, key));

	if (s.n)
		printf("%-14s%.*s\n", label, STR_ARG(s));
}

static int show_config(struct show *s, struct str text, struct err *e)
{
	const struct node *n;

	if (json_parse(text, &s->arena, &n, e) < 0)
		return err_at(e, "config.dump");
	print_text(n, "name", "container");
	print_text(n, "id", "id");
	print_text(n, "rootfsImageName", "image");
	print_text(n, "runtime", "runtime");
	print_text(n, "createdTime", "created");
	print_text(n, "checkpointedTime", "checkpointed");
	return 0;
}

static int show_spec(struct show *s, struct str text, struct err *e)
{
	const struct node *n, *args;

	if (json_parse(text, &s->arena, &n, e) < 0)
		return err_at(e, "spec.dump");
	args = node_path(n, "process", "args", NULL);
	if (!args)
		return 0;
	printf("%-14s", "command");
	for (const struct node *a = node_first(args); a; a = a->next)
		printf("%.*s%s", STR_ARG(node_text(a)), a->next ? " " : "\n");
	return 0;
}

static int show_stats(struct show *s, struct str text, struct err *e)
{
	return criumsg_parse_stats(text, &s->stats, e);
}

static const struct {
	const char *name;
	int (*show)(struct show *s, struct str text, struct err *e);
} known[] = {{"config.dump", show_config}, {"spec.dump", show_spec},
		{"stats-dump", show_stats}};

static int take_known(struct show *s, struct pack_reader *r, const char *path,
		struct err *e)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		AUTO_BUF struct buf b = buf_growing(MEMBER_MAX);

		if (strcmp(path, known[i].name) != 0)
			continue;
		if (pack_read_all(r, &b, e) < 0)
			return -1;
		return known[i].show(s, buf_view(&b), e);
	}
	return 0;
}

static int take_entry(struct show *s, struct pack_reader *r,
		const struct pack_entry *entry, struct err *e)
{
	const struct str pages = STR("checkpoint/pages-");
	struct str path = str_of(entry->path);

	if (lists_all)
		printf("%14llu  %s\n", (unsigned long long)entry->size,
				entry->path);
	if (!entry->is_file)
		return 0;
	s->members++;
	s->bytes += entry->size;
	if (str_has_prefix(path, pages))
		s->memory_bytes += entry->size;
	if (str_is(path, "rootfs-diff.tar"))
		s->changes_bytes = entry->size;
	return take_known(s, r, entry->path, e);
}

static void print_totals(const struct show *s)
{
	printf("%-14s%llu in %llu members\n", "bytes",
			(unsigned long long)s->bytes,
			(unsigned long long)s->members);
	printf("%-14s%llu\n", "memory", (unsigned long long)s->memory_bytes);
	printf("%-14s%llu\n", "file changes",
			(unsigned long long)s->changes_bytes);
	printf("%-14s%.3f s\n", "frozen", (double)s->stats.frozen_us / 1e6);
}

static int show_archive(struct show *s, struct pack_reader *r, struct err *e)
{
	struct pack_entry entry;
	int more;

	while ((more = pack_read_next(r, &entry, e)) == 1)
		if (take_entry(s, r, &entry, e) < 0)
			return -1;
	if (more < 0)
		return -1;
	if (s->members == 0)
		return err_kind(e, ERR_INPUT, "nothing in it");
	print_totals(s);
	return 0;
}

static int show_file(const char *path, struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct show s = {.arena = arena_make(ARENA_MAX)};
	struct pack_reader *r;
	int rc;

	if (fd < 0)
		return err_sys(e, "%s", path);
	if (pack_read_open(&r, fd, e) < 0)
		return err_at(e, "%s", path);
	rc = show_archive(&s, r, e);
	pack_read_close(r);
	arena_free(&s.arena);
	return rc < 0 ? err_at(e, "%s", path) : 0;
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	if (show_file(operands[0], &e) == 0)
		return 0;
	fprintf(stderr, "checkpoint-agent: %s\n", e.text);
	return err_exit(&e);
}

static const struct args_option options[] = {
		{"all", 'a', ARGS_SWITCH, &lists_all, NULL,
				"list the members too", 0, 0, NULL},
		{0},
};

const struct args_command command_show = {
		.name = "show",
		.operands = "ARCHIVE",
		.summary = "tell what an archive holds",
		.options = options,
		.min_operands = 1,
		.max_operands = 1,
		.run = run,
};
