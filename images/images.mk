# images.mk - build images from their definitions.  Included by the top Makefile;
# paths are relative to the project root.
#
#   make images       everything: sources, programs, images, the table
#   make images-only  the images alone, from programs already built
#   make reproduce    build once more under perturbation, and compare
#   make deb          a Debian package of keelson, in build/
#   make release VERSION= KEY=   a directory with all that is published
#   make relink       kits that link programs again with a changed library
#   make prove        rebuild each program from what its evidence names alone
#
# An image is built again when its definition, a pick, a program, a skeleton
# file, the evidence behind its SBOM or the keelson command has changed.

KEELSON     := build/bin/keelson
IMAGE_NAMES := $(sort $(patsubst images/%.yaml,%,$(wildcard images/*.yaml)))

# Packages that images pick files from, unpacked under the names of their .debs.
PICK_DEBS := $(shell awk '$$7 == "rootfs" { sub(/.*\//, "", $$4); print $$4 }' \
	static-build/sources.lock)
PICK_DIRS := $(PICK_DEBS:%.deb=build/work/packages/%)

# Images with programs: what patches of their sources name is stated of them.
VEX_NAMES := $(sort $(patsubst images/%.yaml,%,\
	$(shell grep -l '^programs:' images/*.yaml)))

.PHONY: images images-only prove relink reproduce deb release

# The second make sees the files that the first one built.
images: programs
	@$(MAKE) --no-print-directory images-only

images-only: $(foreach i,$(IMAGE_NAMES),\
		dist/$i/index.json dist/$i.tar dist/$i.spdx.json) \
		$(VEX_NAMES:%=dist/%.openvex.json) \
		$(IMAGE_NAMES:%=dist/%.provenance.json)
	@$(KEELSON) image list dist
	@echo "  compiled by $$(gcc --version | head -n 1): digests follow it"

# keelson itself is what runs; it would prove no more about itself.
prove: programs
	@SOURCE_DATE_EPOCH=$(STATIC_EPOCH) $(KEELSON) prove build/bin/pause \
		build/bin/kube-proxy-mini build/bin/checkpoint-agent \
		build/bin/criu

# Only where a licence asks for it; such as the LGPL of a static library.
relink: programs
	@for p in build/bin/pause build/bin/kube-proxy-mini \
			build/bin/checkpoint-agent build/bin/criu; do \
		! $(KEELSON) licences --json $$p | grep -q '"relink"' || \
			$(KEELSON) relink -o dist/$${p##*/}.relink $$p; done

# REPRODUCE has more options: --without NAME, --work DIR.
REPRODUCTION := build/reproduction.json
reproduce: images
	@$(KEELSON) reproduce $(REPRODUCE) --output $(REPRODUCTION)

# Prints its name.
deb: programs
	@images/release/deb $(KEELSON) build

# KEY is a private key, PASSPHRASE_FILE opens it; docs/release.md.
RELEASE_DIR ?= build/release/$(VERSION)
release:
	@[ -n '$(KEY)' ] || { echo 'make release: say KEY=FILE' >&2; exit 1; }
	@images/release/make check '$(VERSION)'
	@$(MAKE) --no-print-directory reproduce
	@deb=$$(images/release/deb $(KEELSON) build) && \
		RELEASE_EXTRA="build/$$deb $(RELEASE_EXTRA)" \
		KEELSON=$(CURDIR)/$(KEELSON) REPRODUCTION=$(REPRODUCTION) \
		images/release/make '$(RELEASE_DIR)' '$(VERSION)' '$(KEY)' \
		$(PASSPHRASE_FILE)
	@echo '  release in $(RELEASE_DIR)'

build/work/packages/%: build/sources/%.deb
	@mkdir -p $(@D)
	@rm -rf $(@D)/$(firstword $(subst _, ,$*))_*
	@dpkg-deb --extract $< $@.partial
	@touch $@.partial && mv $@.partial $@

dist/%/index.json dist/%.tar dist/%.spdx.json: images/%.yaml $(KEELSON) \
		$(wildcard rootfs/pick/*.yaml build/evidence/*/*.jsonl) \
		static-build/sources.lock $(wildcard LICENSE) | $(PICK_DIRS)
	@mkdir -p build/stamp
	@built=$$($(KEELSON) image build \
		--depfile build/stamp/image-$*.d $<) && \
		printf '  IMAGE %-17s %s %5s s\n' $$built

dist/%.openvex.json: dist/%/index.json $(KEELSON)
	@$(KEELSON) vex --format openvex --output $@ dist/$*

dist/%.provenance.json: dist/%/index.json $(KEELSON) \
		$(wildcard build/evidence/toolchain.jsonl)
	@$(KEELSON) provenance --output $@ dist/$*

# keelson renames complete outputs into place, so make must not delete one when
# it is interrupted.
.PRECIOUS: dist/%/index.json dist/%.tar dist/%.spdx.json \
	dist/%.openvex.json dist/%.provenance.json build/work/packages/%

-include $(IMAGE_NAMES:%=build/stamp/image-%.d)
