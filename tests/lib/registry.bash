# registry.bash - run an image registry at localhost:5000, plain HTTP.  Sourced.
#
#   registry_start
#   registry_stop
#   registry_push LAYOUT:TAG NAME   push an image of an OCI layout
#   registry_push_counter           push what the image counter holds now

REGISTRY_DIR=/keep/registry

registry_start() {
	mkdir -p $REGISTRY_DIR
	cat >$REGISTRY_DIR/config.yml <<-EOT
		version: 0.1
		storage: {filesystem: {rootdirectory: $REGISTRY_DIR/data}}
		http: {addr: "localhost:5000"}
	EOT
	docker-registry serve $REGISTRY_DIR/config.yml >$REGISTRY_DIR/log 2>&1 3>&- &
	echo $! >$REGISTRY_DIR/pid
	wait_for curl -sf http://localhost:5000/v2/
}

registry_stop() {
	kill "$(cat $REGISTRY_DIR/pid)"
}

registry_push() {
	skopeo copy -q --dest-tls-verify=false "oci:$1" \
		"docker://localhost:5000/$2"
}

registry_push_counter() {
	local layout=$REGISTRY_DIR/counter

	rm -rf $layout
	umoci init --layout $layout
	umoci new --image $layout:lab
	umoci insert --image $layout:lab "$IMAGES/counter" /
	registry_push $layout:lab counter:lab
}
