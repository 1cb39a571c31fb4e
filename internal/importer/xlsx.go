package importer

func openWorkbook(_ []byte, _ Options) (*File, error) {
	return nil, &FileError{Kind: BrokenWorkbook}
}
