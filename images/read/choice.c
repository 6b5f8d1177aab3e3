/*
 * choice - by the platforms that the index says, else by the configuration.
 */
#include "images/read/choice.h"

#include "images/read/platform.h"

/* Are all images those of one index, one for each platform? */
static bool count_images(const struct entries *entries, size_t *n)
{
	const struct node *index = NULL;
	bool is_one = true;

	*n = 0;
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *x = &entries->items[i];

		if (x->kind != ENTRY_IMAGE)
			continue;
		if (*n && (!index || x->index != index))
			is_one = false;
		index = x->index;
		++*n;
	}
	return is_one;
}

/* None is meant, or it is not said which: name those that are there. */
static void refuse(const struct entries *entries, const struct choice *choice,
	struct err *e)
{
	AUTO_BUF struct buf names = buf_growing(PLATFORM_BYTES * ENTRIES_MAX);

	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *x = &entries->items[i];

		if (x->kind != ENTRY_IMAGE)
			continue;
		buf_text(&names, names.n ? ", " : "");
		platform_write(node_get(x->descriptor, "platform"), &names);
	}
	if (choice->platform)
		err_kind(e, ERR_ABSENT, "it has no image for %s, but for %.*s",
			choice->platform, STR_ARG(buf_view(&names)));
	else
		err_kind(e, ERR_USAGE,
			"it has images for %.*s: say which by --platform",
			STR_ARG(buf_view(&names)));
}

static bool is_chosen(const struct entry *x, const struct choice *choice,
	size_t number, size_t n_images)
{
	const struct node *is = node_get(x->descriptor, "platform");
	struct platform wanted;

	if (choice->is_by_number)
		return number == choice->number;
	if (!choice->platform)
		return n_images == 1;
	/* where the index says none, choice_check() asks the configuration */
	return !is || (platform_parse(choice->platform, &wanted, NULL) == 0 &&
			      platform_is(&wanted, is));
}

const struct entry *choice_find(const struct entries *entries,
	const struct choice *choice, size_t *n_images, struct err *e)
{
	bool is_one = count_images(entries, n_images);
	size_t number = 0;

	if (!*n_images)
		err_kind(e, ERR_INPUT, "no image in the index");
	else if (!is_one && !choice->is_by_number)
		err_kind(e, ERR_INPUT, "more than one image");
	if (!*n_images || (!is_one && !choice->is_by_number))
		return NULL;
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *x = &entries->items[i];

		if (x->kind == ENTRY_IMAGE &&
			is_chosen(x, choice, number++, *n_images))
			return x;
	}
	refuse(entries, choice, e);
	return NULL;
}

int choice_check(
	const struct choice *choice, const struct node *config, struct err *e)
{
	AUTO_BUF struct buf is = buf_growing(PLATFORM_BYTES * ENTRIES_MAX);
	struct platform wanted;

	if (!choice->platform)
		return 0;
	if (platform_parse(choice->platform, &wanted, e) < 0)
		return -1;
	if (platform_is(&wanted, config))
		return 0;
	platform_write(config, &is);
	return err_kind(e, ERR_ABSENT, "its image is for %.*s, not for %s",
		STR_ARG(buf_view(&is)), choice->platform);
}
