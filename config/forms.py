"""One way to draw every form field."""

from django.forms.renderers import TemplatesSetting


class LeewayFormRenderer(TemplatesSetting):
    field_template_name = "components/field.html"
