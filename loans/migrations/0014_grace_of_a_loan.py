from typing import Any

from django.db import migrations, models


def as_the_product_says(apps: Any, schema_editor: Any) -> None:
    Loan = apps.get_model('loans', 'Loan')
    Loan.objects.filter(product__grace_needs_clean_previous=False).update(grace_needs_clean_previous=False)


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0013_orders_and_cancellations'),
    ]

    operations = [
        migrations.AddField(
            model_name='loan',
            name='grace_needs_clean_previous',
            field=models.BooleanField(default=True, verbose_name='grace only if the instalment before was paid on time'),
        ),
        migrations.RunPython(as_the_product_says, migrations.RunPython.noop),
    ]
