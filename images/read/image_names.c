/* image_names - the chosen image beside each other one of the index. */
#include "images/read/image_names.h"

#include "lib/arc/oci.h"

#include <string.h>

static struct str note_of(const struct node *descriptor, const char *key)
{
	return node_text(node_path(descriptor, "annotations", key, NULL));
}

struct str image_names_of(const struct node *descriptor)
{
	return note_of(descriptor, "io.containerd.image.name");
}

/* Readers of OCI layouts choose by this: the whole name again, or its tag. */
static int check_ref_name(const struct node *image, struct err *e)
{
	struct str name = image_names_of(image), tag = name, rest = name;
	struct str ref = note_of(image, OCI_KEY("ref.name"));

	while (str_cut(&rest, ':', &tag))
		continue;
	if (name.n > 0 && (str_eq(ref, name) || str_eq(ref, tag)))
		return 0;
	return err_kind(e, ERR_INPUT,
		"among several images %s is called \"%.*s\" by some readers "
		"and "
		"\"%.*s\" by others",
		blob_digest(image), STR_ARG(name), STR_ARG(ref));
}

/* Two images of one name are one to a reader who asks by name. */
static int check_other_image(
	const struct node *image, const struct node *other, struct err *e)
{
	if (strcmp(blob_digest(other), blob_digest(image)) != 0 &&
		!str_eq(image_names_of(other), image_names_of(image)) &&
		!str_eq(note_of(other, OCI_KEY("ref.name")),
			note_of(image, OCI_KEY("ref.name"))))
		return 0;
	return err_kind(e, ERR_INPUT,
		"two images of the index are called %.*s, or are %s",
		STR_ARG(image_names_of(image)), blob_digest(image));
}

/* An image for one of several platforms is called as the index of all is. */
static const struct node *named_by(const struct entry *x)
{
	return x->index ? x->index : x->descriptor;
}

int image_names_check(
	const struct entries *all, const struct node *image, struct err *e)
{
	const struct node *own = image;
	size_t others = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->items[i].descriptor == image)
			own = named_by(&all->items[i]);
	for (size_t i = 0; i < all->n; i++) {
		const struct entry *x = &all->items[i];

		if (x->kind != ENTRY_IMAGE || named_by(x) == own)
			continue;
		others++;
		if (check_other_image(own, named_by(x), e) < 0)
			return -1;
	}
	return others ? check_ref_name(own, e) : 0;
}
