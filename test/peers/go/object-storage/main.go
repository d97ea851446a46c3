// An object storage for tests: S3 in memory on loopback, with one bucket, for those who sign with one access key.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// version is set at link time.
var version = "unknown"

func main() {
	address := flag.String("listen", "127.0.0.1:9000", "host and port")
	bucket := flag.String("bucket", "logs", "the bucket that is there from the start")
	keyID := flag.String("key-id", "", "the access key that requests must be signed with")
	asked := flag.Bool("version", false, "tell the version")
	flag.Parse()
	if *asked {
		fmt.Printf("object-storage version %s\n", version)
		return
	}
	if err := serve(*address, *bucket, *keyID); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// signedWith refuses requests of others; the signature itself is not checked.
func signedWith(keyID string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if !strings.Contains(request.Header.Get("Authorization"), "Credential="+keyID+"/") {
			http.Error(response, "AccessDenied", http.StatusForbidden)
			return
		}
		next.ServeHTTP(response, request)
	})
}

func serve(address, bucket, keyID string) error {
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		return err
	}
	return http.ListenAndServe(address, signedWith(keyID, gofakes3.New(backend).Server()))
}
