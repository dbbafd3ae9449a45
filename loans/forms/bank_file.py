"""A file of the bank's, brought by a person."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST_UPLOAD = 4 * 1024 * 1024


class TakeForm(forms.Form):
    """One file; what is in it is judged when it is read."""

    use_required_attribute = False

    file = forms.FileField(
        label=gettext_lazy("Notification of the bank (camt.054)"),
        help_text=gettext_lazy("An XML file of at most 4 MB. Larger ones are read with manage.py bank_file."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST_UPLOAD:
            text = _("This file is too large for this page. It can be read with manage.py bank_file.")
            raise ValidationError(text, code="too_large")
        return file
