"""What can stand in the way of files to and from a bank; a file that cannot be read is `FileRefused` of its reader."""

from accounts.errors import LeewayError


class NoBankFiles(LeewayError):
    """The lender does not collect by bank files."""

    code = "no_bank_files"


class FileDiffers(LeewayError):
    """The file that was made again is not the one that was written: what it is made from has changed."""

    code = "file_differs"
